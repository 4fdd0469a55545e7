import { mount } from 'svelte';
import App from './App.svelte';
import { rememberedLook, wear } from './lib/look.ts';
import './app.css';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the app.');
wear(rememberedLook());
mount(App, { target });
