import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './strings/index.ts';
import './app.css';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the app.');
speak(null);
mount(App, { target });
